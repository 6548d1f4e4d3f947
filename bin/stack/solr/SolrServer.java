import org.apache.solr.embedded.JettyConfig;
import org.apache.solr.embedded.JettySolrRunner;

/** Starts one Solr on a loopback port and stays in the foreground: java SolrServer.java PORT SOLR_HOME */
public class SolrServer {
    public static void main(String[] args) throws Exception {
        JettyConfig config = JettyConfig.builder().setPort(Integer.parseInt(args[0])).setContext("/solr").build();
        JettySolrRunner solr = new JettySolrRunner(args[1], config);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                solr.stop();
            } catch (Exception e) {
                e.printStackTrace();
            }
        }));
        solr.start(false);
        Thread.currentThread().join();
    }
}
