"""Whether an address is out on the internet: the one answer, for whatever opens a connection."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# Networks that carry an IPv4 address inside (NAT64): the one inside decides.
_NAT64 = ip_network("64:ff9b::/96")
# Special by the IANA registries, but global to some of the Python versions that we run on.
_SPECIAL = [
    ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "::/96", "64:ff9b:1::/48", "100::/64",
                "2001::/23", "3fff::/20", "5f00::/16")
]  # fmt: skip


def is_public(address: str | Address) -> bool:
    """Whether it is public, whatever it is wrapped into."""
    if isinstance(address, str):
        address = ip_address(address.split("%")[0])
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inside = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inside is not None:
            return is_public(inside)
        if address.is_site_local:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
