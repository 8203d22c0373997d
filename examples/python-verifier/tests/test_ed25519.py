"""Published vectors, from the folder that VECTORS names; skipped without it."""

import gzip
import json
import os
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import rfc8785  # noqa: E402
from cryptography.exceptions import InvalidSignature  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: E402

from tool_call_verifier.ed25519 import is_small_order, is_strict_point  # noqa: E402

VECTORS = pathlib.Path(os.environ.get("VECTORS") or "absent")


def verifies(point: str, message: str, signature: str) -> bool:
    signed = bytes.fromhex(signature)
    if not is_strict_point(bytes.fromhex(point)) or len(signed) != 64 or is_small_order(signed):
        return False
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(point))
    try:
        key.verify(signed, bytes.fromhex(message))
    except InvalidSignature:
        return False
    return True


@unittest.skipUnless(VECTORS.joinpath("ed25519").exists(), "no vectors")
class PublishedVectorsTest(unittest.TestCase):
    def test_of_speccheck_those_are_accepted_that_dalek_strict_accepts(self) -> None:
        cases = json.loads(VECTORS.joinpath("ed25519/speccheck/cases.json").read_text())
        accepted = [
            index
            for index, case in enumerate(cases)
            if verifies(case["pub_key"], case["message"], case["signature"])
        ]
        self.assertEqual(accepted, [3])

    def test_the_cases_of_wycheproof_get_their_verdicts(self) -> None:
        file = json.loads(VECTORS.joinpath("ed25519/wycheproof/ed25519_test.json").read_text())
        for group in file["testGroups"]:
            for case in group["tests"]:
                accepted = verifies(group["publicKey"]["pk"], case["msg"], case["sig"])
                self.assertEqual(accepted, case["result"] == "valid", case["comment"])

    def test_rfc8785_writes_numbers_as_it_says(self) -> None:
        with gzip.open(VECTORS / "jcs/es6_first_100000.txt.gz", "rt", encoding="ascii") as lines:
            for line in lines:
                bits, text = line.strip().split(",")
                number = struct.unpack(">d", bytes.fromhex(bits.zfill(16)))[0]
                self.assertEqual(rfc8785.dumps(number), text.encode())


if __name__ == "__main__":
    unittest.main()
