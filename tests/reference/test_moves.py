"""Former codes of communes at a date, on INSEE's movements from 1943 to 2026."""

from __future__ import annotations

from datetime import date

import pytest

from ckanext.opendatafrance.reference import cog, files, history, moves


def codes(code: str, on: str | None = None) -> tuple[str, ...]:
    return moves.resolve(code, on).codes


class TestResolve:
    def test_a_code_that_never_changed_is_itself(self) -> None:
        """At any date; the writing is mended as everywhere."""
        found = moves.resolve("1001", "1960-05-01")
        assert (found.code, found.codes, found.live, found.why) == ("01001", ("01001",), True, "live")
        assert moves.resolve("2a004").codes == ("2A004",)

    def test_a_merged_commune_is_live_until_the_day_of_the_merger(self) -> None:
        """Rives-de-Boutonne took in Saint-Georges-de-Longuepierre on 1 January 2025."""
        before = moves.resolve("17334", date(2024, 12, 31))
        assert (before.live, before.codes, before.today) == (True, ("17334",), ("17268",))
        after = moves.resolve("17334", "2025-01-01")
        assert (after.live, after.codes, after.why) == (False, ("17268",), "merged")
        assert (after.since, after.until, after.name) == (None, "2025-01-01", "Saint-Georges-de-Longuepierre")
        assert codes("17334") == ("17268",)

    def test_a_code_can_flip_back(self) -> None:
        """Les Trois Lacs: 27676, then 27058 from 2021 to 2022, then 27676 again."""
        assert codes("27676", "2020-06-01") == ("27676",)
        assert codes("27676", "2022-06-01") == ("27058",)
        assert codes("27058", "2022-06-01") == ("27058",)
        assert codes("27058", "2023-06-01") == codes("27676", "2023-06-01") == codes("27676") == ("27676",)
        assert moves.resolve("27676").since == "2023-01-01"

    @pytest.mark.parametrize(
        ("old", "new", "day"),
        [
            ("12076", "12218", "2024-03-04"),
            ("69159", "69114", "2024-03-15"),
            ("14011", "14581", "2024-04-24"),
            ("49069", "49126", "2025-01-01"),
        ],
    )
    def test_a_code_moves_without_a_merger(self, old: str, new: str, day: str) -> None:
        """The same commune under the code of its new seat; the new code was that of a merged commune before."""
        found = moves.resolve(old)
        assert (found.codes, found.why, found.until) == ((new,), "recoded", day)
        assert codes(new, "2020-01-01") == (old,)
        assert moves.resolve(new).since == day

    def test_a_commune_changes_its_departement(self) -> None:
        """Freigné (49144) and Pont-Farcy (14513) changed it and merged on one day: their new codes lived for none."""
        assert codes("49144", "2017-12-31") == ("49144",)
        assert codes("49144", "2018-01-01") == codes("44225") == ("44180",)
        assert codes("44225", "2018-01-01") == ("44180",)
        assert codes("14513") == codes("50649") == ("50592",)
        # All of Seine in 1968, all of Corse in 1976.
        assert codes("75050", "1967-01-01") == ("75050",)
        assert codes("20004") == ("2A004",)

    def test_a_split_commune_keeps_its_code_and_is_several_today(self) -> None:
        """Neussargues en Pinatelle: what bore its code in 2020 may be about any of five communes."""
        found = moves.resolve("15141", "2020-01-01")
        assert (found.codes, found.name) == (("15141",), "Neussargues en Pinatelle")
        assert found.today == ("15031", "15035", "15047", "15141", "15171")
        assert (codes("15141"), moves.resolve("15141").name) == (("15141",), "Neussargues-Moissac")
        assert moves.resolve("85084", "2020-01-01").today == ("85084", "85165", "85212")

    def test_a_commune_that_leaves_a_union_takes_back_what_it_brought(self) -> None:
        """Celles was in Neussargues en Pinatelle from 2016 to 2024, and is a commune again."""
        assert codes("15031", "2016-06-01") == ("15031",)
        assert codes("15031", "2020-01-01") == ("15141",)
        assert codes("15031") == moves.resolve("15031", "2016-06-01").today == ("15031",)
        # Boulogne stays in the union that L'Oie and Sainte-Florence left.
        assert codes("85030") == ("85084",)

    def test_several_successors_are_all_kept(self) -> None:
        """La Neuville-Garnier was in a union that both its parts left; Verdey was shared out among three."""
        found = moves.resolve("60455")
        assert (found.codes, found.ambiguous) == (("60054", "60694"), True)
        assert codes("55273") == ("55245", "55386")
        verdey = moves.resolve("51606")
        assert (verdey.codes, verdey.why) == (("51235", "51313", "51369"), "suppressed")

    def test_a_deleguee_with_the_code_of_the_new_commune_changes_nothing(self) -> None:
        """Saintes never moved; Bellegarde-sur-Valserine became Valserhône under its own code."""
        found = moves.resolve("01033")
        assert (found.codes, found.since, found.until, found.name) == (("01033",), None, None, "Valserhône")
        assert moves.resolve("01033", "2018-12-31").name == "Bellegarde-sur-Valserine"
        assert moves.resolve("01015").codes == ("01015",)

    def test_before_its_beginning_and_without_one(self) -> None:
        """A code of the future is said to be one, an unknown code is unknown, one without a successor has none."""
        early = moves.resolve("91692", "1970-01-01")
        assert (early.codes, early.why, early.since) == ((), "not-yet", "1977-02-19")
        assert moves.resolve("99999").why == "unknown"
        assert moves.resolve("97123").codes == ()

    def test_a_date_that_is_none_is_refused(self) -> None:
        """Also one that only looks like one."""
        with pytest.raises(ValueError, match="month"):
            moves.resolve("17334", "2025-13-01")


class TestTheWholeFile:
    def test_codes_live_today_are_those_of_the_cog(self) -> None:
        """INSEE's movements and INSEE's list of communes tell the same."""
        today = {commune.code for commune in cog.communes()}
        for code in moves._lives():
            found = moves.resolve(code)
            assert found.live == (code in today), code
            assert set(found.codes) <= today, code

    def test_it_agrees_with_the_undated_list(self) -> None:
        """Where that one, which names the main successor, differs, ours says more."""
        for old, _, current in history._rows():
            assert current in moves.resolve(old).codes, old

    def test_what_two_years_changed(self) -> None:
        """The counts of the lists of 2024, 2025 and 2026."""
        lost, new = moves.changed("2024-01-01", "2025-01-01")
        assert (len(lost), len(new)) == (68, 8)
        assert new == {"12218", "14581", "15031", "15035", "15047", "15171", "49126", "69114"}
        assert all(moves.resolve(code, "2025-01-01").codes for code in lost)
        assert moves.changed("2025-01-01", "2026-01-01") == (set(), set())
        renamed = moves.renamed("2025-01-01", "2026-01-01")
        assert len(renamed) == 19
        assert renamed["71263"] == ("Louhans", "Louhans-Châteaurenaud")

    def test_the_vintage_is_that_of_the_files(self) -> None:
        """Nothing in the movements is later than the COG."""
        assert max(move.day for move in moves._moves()) == files.vintage().date
