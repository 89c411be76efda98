"""An address string says where to; without one the server of the same user is meant."""

import os

import pytest

from acumen_client import Tls
from acumen_client.channel import MESSAGE_BYTES, default_address, options, targets


def test_an_address_may_name_several_servers():
    """Commas separate addresses of each form."""
    given = "unix:/run/a.sock, dns:///host:7421,10.0.0.1:7421"
    assert targets(given) == ("unix:/run/a.sock", "dns:///host:7421", "10.0.0.1:7421")


@pytest.mark.parametrize("wrong", ["", " , ", "host", "unix:", "host:port", "unix:/a,nope"])
def test_a_malformed_address_is_refused(wrong):
    """The error names what is wrong."""
    with pytest.raises(ValueError, match="not an address"):
        targets(wrong)


def test_the_default_is_the_servers_default():
    """The environment, else the runtime folder, else a folder of the user's own."""
    assert default_address({"ACUMEN_ADDRESS": "h:1", "XDG_RUNTIME_DIR": "/run/user/1"}) == "h:1"
    assert default_address({"XDG_RUNTIME_DIR": "/run/user/1"}) == "unix:/run/user/1/acumen/acumen.sock"
    assert default_address({}) == f"unix:/tmp/acumen-{os.getuid()}/acumen.sock"


def test_message_sizes_are_finite_and_the_authority_is_localhost_on_sockets():
    """16 MiB both ways; a Unix socket's path is no authority."""
    on_socket, on_tcp = dict(options("unix:/a")), dict(options("h:1"))
    assert on_socket["grpc.max_receive_message_length"] == on_tcp["grpc.max_send_message_length"] == MESSAGE_BYTES
    assert on_socket["grpc.default_authority"] == "localhost" and "grpc.default_authority" not in on_tcp


def test_a_missing_certificate_is_an_error_at_once(tmp_path):
    """TLS files are read when the channel is opened."""
    with pytest.raises(FileNotFoundError):
        Tls(root=tmp_path / "none.pem").credentials()
