from datetime import date
from pathlib import Path

import pytest

from survey.demo.instance import make_demo
from survey.demo.instance import working_code
from survey.integrity.onetime import read_code
from survey.settings import Settings
from survey.store.releases import published_organisations
from survey.store.releases import published_periods
from survey.store.responses import response_count

TODAY = date(2026, 11, 23)


@pytest.mark.slow
def test_the_demo_is_made_once_and_kept(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "thử một chút")
    steps: list[str] = []
    database = make_demo(settings, TODAY, steps.append)
    with database.reading() as session:
        assert published_organisations(session) == ["hoa-binh", "nhs-fft", "tinh-mau"]
        assert len(published_periods(session, "nhs-fft")) == 18
        assert published_periods(session, "tinh-mau") == [f"2026-{month:02d}" for month in range(5, 11)]
        kept = response_count(session)
    code, month = working_code(settings, database, TODAY)
    assert read_code(code) == code
    assert month == "2026-11"
    database.dispose()
    again = make_demo(settings, TODAY, steps.append)
    with again.reading() as session:
        assert response_count(session) == kept
    again.dispose()
    assert len(steps) == 3, "the second run loads nothing"


@pytest.mark.slow
def test_an_interrupted_demo_is_made_anew(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "demo")

    def stop(step: str) -> None:
        if "Hòa Bình" in step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(settings, TODAY, stop)
    database = make_demo(settings, TODAY, lambda _: None)
    with database.reading() as session:
        assert len(published_organisations(session)) == 3
    database.dispose()
