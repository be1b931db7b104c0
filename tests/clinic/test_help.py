"""What staff need to know is one tap away, whatever page they are on."""


def test_help_leads_from_a_page_of_staff_to_what_they_need_to_know(
    phone_of, ana, cleo, max_, evening
):
    for someone in (cleo, max_):
        desk = phone_of(someone)
        for address in ("/clinic", f"/clinic/groups/{evening.id}", "/you", "/what-to-expect"):
            assert "/clinic/help" in desk.get(address).links, address
        page = desk.get("/clinic/help")
        assert "Your next group is first on your start page." in page.text
        assert ("For administrators" in page.text) == (someone is max_)
        assert any(one.attrs.get("data-module") == "print" for one in page.outline.elements)
    assert "/clinic/help" not in phone_of(ana).get("/you").links
