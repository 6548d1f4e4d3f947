"""Files of every kind that a town hall sends, and some that nobody should."""

from __future__ import annotations

import gzip
import io
import resource
import zipfile

import pytest
import small_tables as tables

from ckanext.opendatafrance.validation import pieces
from ckanext.opendatafrance.validation.opening import Limits, open_table
from ckanext.opendatafrance.validation.pieces import UnreadableTableError

ROWS = [["nom", "ville"], ["Élodie", "Besançon"], ["Noël", "Nîmes; Gard"], ['dit "Jo"', "une\ndeux"]]
DATA = [tuple(row) for row in ROWS[1:]]
KNOWN = ["nom", "ville"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_is_read_whatever_its_dialect(encoding: str, delimiter: str, end: str) -> None:
    """The cells are the same, and the report can say what was found."""
    rows = ROWS if end != "\r" else ROWS[:-1]
    table, read = tables.read(tables.csv_bytes(rows, encoding, delimiter, end), KNOWN)
    assert table.header == ("nom", "ville")
    assert read == [tuple(row) for row in rows[1:]]
    assert table.delimiter == delimiter
    assert table.encoding == {"latin-1": "cp1252"}.get(encoding, encoding)


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: tables.zipped(("x/t.csv", data))], ids=["gzip", "zip"])
def test_compressed_text_is_read(pack) -> None:
    """A table in an archive is the table, also where its first accent comes late."""
    late = [["nom", "ville"], *[["a", "b"]] * 40000, ["é", "à"]]
    table, read = tables.read(pack(tables.csv_bytes(late, "latin-1")), KNOWN)
    assert (len(read), read[-1], table.encoding) == (40001, ("é", "à"), "cp1252")


def test_what_a_mac_adds_to_an_archive_does_not_count() -> None:
    """__MACOSX holds a shadow of each file."""
    data = tables.zipped(("t.csv", tables.csv_bytes(ROWS)), ("__MACOSX/._t.csv", b"\0\5"), (".x.csv", b"\0"))
    assert tables.read(data, KNOWN)[1] == DATA


@pytest.mark.parametrize("make", [tables.xlsx, tables.ods], ids=["xlsx", "ods"])
def test_spreadsheets_are_read_as_texts(make) -> None:
    """The cells of a spreadsheet are the texts that its CSV would have."""
    table, read = tables.read(make([["nom", "ville"], ["Élodie", "Besançon"]]), KNOWN)
    assert (table.header, read) == (("nom", "ville"), [("Élodie", "Besançon")])


def test_the_sheet_with_the_columns_is_taken_below_its_title() -> None:
    """A cover sheet, a title above the header and formats far below are no part of the table."""
    cover = [["Commune de Trifouilly"], ["Édité en 2024"]]
    wanted = [["Liste des associations"], [], ["nom", "ville"], ["a", "b"]]

    def far(sheet) -> None:
        sheet["C900"].number_format = "0.00"

    table, read = tables.read(tables.xlsx(cover, wanted, edit=far), KNOWN)
    assert (table.header[:2], table.skipped) == (("nom", "ville"), 2)
    assert [row[:2] for row in read] == [("a", "b")]


def test_lines_above_the_header_of_a_text_are_skipped() -> None:
    """Title, blank line, header: where names are known, and blank lines also where none is."""
    titled = b"Liste des associations;;\n;;\nnom;ville\na;b\n"
    table, read = tables.read(titled, KNOWN)
    assert (table.header, table.skipped, read) == (("nom", "ville"), 2, [("a", "b")])
    assert tables.read(b"\n\nx,y\n1,2\n")[0].header == ("x", "y")


def test_odd_quotation_marks_are_read_as_python_reads_them() -> None:
    """Inches, marks in the middle of a cell, text after a closing mark: no row and no separator is lost."""
    data = b'a,b\n5",x\n1"2"3,y\n"q"r,z\n"a,b"c,w\n'
    assert tables.read(data)[1] == [('5"', "x"), ('1"2"3', "y"), ("qr", "z"), ("a,bc", "w")]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> int:
    """What happens between pieces, without files of their usual size."""
    monkeypatch.setattr(pieces, "PIECE", 2**16)
    monkeypatch.setattr(pieces, "LONGEST_ROW", 2**19)
    return 2**16


def test_one_odd_mark_in_a_large_file_does_not_stop_it(small_pieces: int) -> None:
    """The parity of the marks is of no use after an inch mark; the rows are found all the same."""
    line = b'tuyau 5",longueur\n'
    plain = b"tuyau,longueur et encore du texte\n"
    number = small_pieces // len(plain) + 1
    data = b"a,b\n" + plain * number + line + plain * number * 2
    read = tables.read(data)[1]
    assert (len(read), read[number]) == (3 * number + 1, ('tuyau 5"', "longueur"))


def test_rows_that_straddle_pieces_are_whole(small_pieces: int) -> None:
    """A quoted cell with line breaks may lie where a piece ends."""
    cell = "x\n" * 1000
    number = 2 * small_pieces // len(cell) + 3
    read = tables.read(tables.csv_bytes([["a", "b"], *[[cell, "1"]] * number]))[1]
    assert read == [(cell, "1")] * number


def test_a_cell_may_be_as_long_as_an_outline() -> None:
    """Python's limit of 128 KiB does not hold, in regular rows or others."""
    long = "x" * 500_000
    assert tables.read(f"a,b\n1,{long}\n1,2,3\n".encode())[1][0] == ("1", long)


def test_characters_of_another_encoding_are_told_by_line() -> None:
    """Two files pasted together: the lines of the second are named, the others are not."""
    wanted = tables.schema({"name": "nom"}, {"name": "ville"})
    data = "nom,ville\né,à\n".encode() + "ê,x\n".encode("latin-1") + "ù,y\n".encode()
    assert tables.codes(tables.judged(wanted, data)) == [("damaged-text", 2, "")]


@pytest.mark.parametrize(
    "data",
    [b"", b" \n\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\0" * 100, b"PK\x03\x04 no zip", b"\x1f\x8b\x08 no gzip"],
    ids=["empty", "blank", "picture", "zeros", "zip", "gzip"],
)
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes) -> None:
    """Whatever the name of the file says."""
    with pytest.raises(UnreadableTableError):
        tables.read(data)


def test_damage_inside_an_archive_is_told() -> None:
    """A download that broke off, a bit that fell over."""
    whole = gzip.compress(tables.csv_bytes([["a", "b"], *[[str(n), "x"] for n in range(50000)]]))
    with pytest.raises(UnreadableTableError, match="damaged"):
        tables.read(whole[:-2000])
    packed = bytearray(tables.zipped(("t.csv", tables.csv_bytes([["a", "b"], *[[str(n), "y"] for n in range(9000)]]))))
    packed[60:90] = bytes(30)
    with pytest.raises(UnreadableTableError, match="damaged"):
        tables.read(bytes(packed))


def test_several_tables_in_an_archive_are_not_chosen_from() -> None:
    """One must be sent."""
    with pytest.raises(UnreadableTableError, match="2 tables"):
        tables.read(tables.zipped(("a.csv", b"a,b"), ("b.csv", b"a,b")))


def test_an_endless_line_is_given_up_in_bounded_memory() -> None:
    """Ten gigabytes of one line cost what the longest row may cost."""

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

        def seek(self, place: int, whence: int = 0) -> int:
            return place

        def tell(self) -> int:
            return self.given

    file = Endless()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # The rest of a text in ASCII is looked through for its encoding; this one has an accent at once.
    file.read = _accented(file.read)  # type: ignore[method-assign]
    with pytest.raises(UnreadableTableError, match="No line ends"), open_table(file) as table:  # type: ignore[arg-type]
        list(table.chunks)
    assert file.given < 3 * pieces.LONGEST_ROW
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000


def _accented(read):
    first = [True]

    def reading(size: int = -1) -> bytes:
        data = read(size)
        if first[0] and size > 8:
            first[0] = False
            return "é".encode() + data[2:]
        return data

    return reading


def test_an_open_quotation_mark_in_a_large_file_is_named(small_pieces: int) -> None:
    """All that follows would be one cell."""
    with pytest.raises(UnreadableTableError, match="quotation mark"):
        tables.read(b'a,b\n"open,1\n' + b"x,y\n" * (small_pieces * 4))


def test_bombs_are_refused() -> None:
    """What becomes too large is not decompressed to the end."""
    small = Limits(text=2**20, sheet=2**20)
    zeros = b"a,b\n" + b"0,0\n" * 2**19
    for data in (gzip.compress(zeros), tables.zipped(("t.csv", zeros))):
        with pytest.raises(UnreadableTableError, match="decompressed"):
            tables.read(data, limits=small)
    with pytest.raises(UnreadableTableError, match="decompressed"):
        tables.read(tables.zipped(("t.csv", b"a,b\n" + b"0,0\n" * 2**23)))


def test_a_cell_far_from_the_table_is_refused_and_does_not_kill_the_process() -> None:
    """The reader of spreadsheets would make room for 17 thousand million cells."""

    def far(sheet) -> None:
        sheet["XFD1048576"] = "x"

    with pytest.raises(UnreadableTableError, match="line 1048576 and column 16384"):
        tables.read(tables.xlsx([["a", "b"]], edit=far))
    repeated = ' table:number-columns-repeated="16384"'
    with pytest.raises(UnreadableTableError):
        tables.read(tables.ods([["a"]], repeated, ' table:number-rows-repeated="1048576"'))


def test_a_spreadsheet_that_announces_less_than_it_holds_is_refused() -> None:
    """The sizes of an archive are what its author wrote there."""
    data = bytearray(tables.xlsx([["a", "b"], *[["x", "y"]] * 2000]))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = bytes(data).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    with pytest.raises(UnreadableTableError, match="damaged"):
        tables.read(lying)


def test_formulas_macros_and_links_are_not_run() -> None:
    """A formula gives what was last computed, here nothing; links are not followed."""
    rows = [["nom", "ville"], ["=1+1", '=HYPERLINK("http://127.0.0.1/x")'], ["='[http://127.0.0.1/y.xlsx]A'!A1", "b"]]
    read = tables.read(tables.xlsx(rows), KNOWN)[1]
    assert read[-1] == ("", "b")


def test_a_spreadsheet_with_a_password_is_refused() -> None:
    """It is a container of another kind, whose content cannot be seen."""
    with pytest.raises(UnreadableTableError):
        tables.read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))
