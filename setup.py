from setuptools import find_packages, setup

PACKAGE = "ckanext.opendatafrance"
# Kept at the top of the repository for people who do not write Python, shipped inside the package.
DATA = {f"{PACKAGE}.schemas": "schemas", f"{PACKAGE}.i18n": "i18n"}

setup(
    packages=[PACKAGE, *(f"{PACKAGE}.{name}" for name in find_packages("ckanext/opendatafrance")), *DATA],
    package_dir=DATA,
    package_data={
        PACKAGE: [
            "**/*.yaml",
            "**/*.json",
            "**/*.jsonld",
            "**/*.csv.gz",
            "**/*.csv",
            "**/templates/**",
            "**/assets/**",
            "**/public/**",
            "migration/**",
        ],
        f"{PACKAGE}.schemas": ["**/*.yaml", "**/*.json"],
        f"{PACKAGE}.i18n": ["**/*.po", "**/*.mo", "*.pot"],
    },
    include_package_data=False,
)
