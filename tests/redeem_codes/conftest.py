"""Every test has a data folder of its own."""

from tests.imports.conftest import data_folder as data_folder
