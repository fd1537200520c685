import pytest

from webapp.words import person_name_problem, words_problem


@pytest.mark.parametrize("name", ["甲", "阿卜杜拉·示例", "𬭎㐂〇", "Anna-Maria O'Hara", "示例 乙"])
def test_names_of_people_are_accepted(name):
    assert person_name_problem(name) is None


@pytest.mark.parametrize("name", ["甲1", "<b>", "甲;", "甲🏥", "甲（乙）", "甲@"])
def test_what_is_no_name_is_refused(name):
    assert "请只用汉字、字母和间隔号" in str(person_name_problem(name))


@pytest.mark.parametrize(
    "words", ["示例（渝中）第1门诊部", "A&B 口腔·眼科", "示例路 3-2 号、4#楼", "“示例”卫生室"]
)
def test_names_and_addresses_are_accepted(words):
    assert words_problem(words) is None


@pytest.mark.parametrize("words", ["<script>", "'; --", "{{ 1 }}", "示例🏥", "a=b", "$HOME", "`id`", "|"])
def test_what_belongs_to_no_address_is_refused(words):
    assert "请只用汉字、字母、数字和常用标点" in str(words_problem(words))
