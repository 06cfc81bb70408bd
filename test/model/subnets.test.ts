import * as assert from "node:assert/strict";
import { subnetCidrs } from "../../model/subnets";
import { overlaps, parseCidr, type Cidr } from "../../model/cidr";

describe("subnetCidrs", () => {
  it("gives each zone a private quarter and a public sixteenth", () => {
    assert.deepEqual(subnetCidrs("10.20.0.0/16", 3), [
      { private: "10.20.0.0/18", public: "10.20.192.0/20" },
      { private: "10.20.64.0/18", public: "10.20.208.0/20" },
      { private: "10.20.128.0/18", public: "10.20.224.0/20" },
    ]);
  });

  it("gives two zones the ranges that the first two of three have (EKS takes no third one later)", () => {
    assert.deepEqual(subnetCidrs("10.20.0.0/16", 3).slice(0, 2), subnetCidrs("10.20.0.0/16", 2));
  });

  it("divides the smallest range that the config allows", () => {
    assert.deepEqual(subnetCidrs("192.168.16.0/20", 2), [
      { private: "192.168.16.0/22", public: "192.168.28.0/24" },
      { private: "192.168.20.0/22", public: "192.168.29.0/24" },
    ]);
  });

  for (const vpc of ["10.0.0.0/16", "172.31.128.0/17", "255.255.240.0/20"]) {
    it(`keeps the subnets of ${vpc} inside it and apart`, () => {
      const whole = parseCidr(vpc) as Cidr;
      const parts = subnetCidrs(vpc, 3)
        .flatMap((zone) => [zone.private, zone.public])
        .map((text) => parseCidr(text) as Cidr);
      for (const [index, part] of parts.entries()) {
        assert.ok(part.first >= whole.first && part.last <= whole.last);
        for (const other of parts.slice(index + 1)) assert.equal(overlaps(part, other), false);
      }
    });
  }

  it("refuses what is no range", () => {
    assert.throws(() => subnetCidrs("10.20.0.1/16", 2), {
      message: "subnetCidrs: '10.20.0.1/16' is no IPv4 range",
    });
  });
});

describe("parseCidr", () => {
  it("reads the first and the last address", () => {
    assert.deepEqual(parseCidr("10.20.0.0/16"), {
      first: 10 * 2 ** 24 + 20 * 2 ** 16,
      last: 10 * 2 ** 24 + 21 * 2 ** 16 - 1,
      prefix: 16,
    });
    assert.deepEqual(parseCidr("0.0.0.0/0"), { first: 0, last: 2 ** 32 - 1, prefix: 0 });
  });

  for (const text of ["10.20.0.0", "10.20.0/16", "10.20.0.0/33", "256.0.0.0/8", "10.0.0.1/8", ""]) {
    it(`takes '${text}' for no range`, () => assert.equal(parseCidr(text), undefined));
  }

  it("tells ranges that overlap from those that touch", () => {
    const range = (text: string) => parseCidr(text) as Cidr;
    assert.equal(overlaps(range("10.0.0.0/8"), range("10.20.0.0/16")), true);
    assert.equal(overlaps(range("10.20.0.0/16"), range("10.0.0.0/8")), true);
    assert.equal(overlaps(range("10.20.0.0/16"), range("10.21.0.0/16")), false);
  });
});
