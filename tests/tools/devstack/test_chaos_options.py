"""`./dev chaos` refuses a run that is too short for a verdict, before it starts a system."""

import pytest

from tools.devstack.chaos.__main__ import main


@pytest.mark.parametrize("minutes", ["0", "-1", "0.01", "nan", "inf"])
def test_run_too_short_for_a_verdict_is_refused(minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--minutes={minutes}"])
    assert ended.value.code == 2
    assert f"argument --minutes: {minutes} is too short for a verdict" in capsys.readouterr().err


def test_minutes_that_are_no_number_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--minutes=two"])
    assert "argument --minutes: 'two' is not a number of minutes" in capsys.readouterr().err
