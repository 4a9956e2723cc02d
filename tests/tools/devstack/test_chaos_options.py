"""`./dev chaos` refuses a run that could not show anything, before it starts a system."""

import pytest

from tools.devstack.chaos.__main__ import main


@pytest.mark.parametrize("minutes", ["0", "-1", "0.01", "nan", "inf"])
def test_run_too_short_to_judge_is_refused(minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--minutes={minutes}"])
    assert ended.value.code == 2
    assert f"argument --minutes: {minutes} is no time to judge by" in capsys.readouterr().err


def test_what_is_no_number_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--minutes=two"])
    assert "argument --minutes: 'two' is not a number of minutes" in capsys.readouterr().err
