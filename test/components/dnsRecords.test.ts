import * as assert from "node:assert/strict";
import { DnsRecords } from "../../components/dnsRecords";
import { record } from "../helpers/recording";

describe("DnsRecords", () => {
  it("makes an alias to the load balancer for each host", async () => {
    const hosts = ["shop.example.com", "example.com"];
    const made = await record(() => {
      new DnsRecords("site", { hosts, zoneId: "zone", loadBalancer: "balancer.test" });
      return {};
    });
    assert.deepEqual(made.roots, ["next-on-eks:aws:DnsRecords site"]);
    assert.deepEqual(made.childrenOf("DnsRecords", "site"), [
      "aws:route53/record:Record site-example.com",
      "aws:route53/record:Record site-shop.example.com",
    ]);
    for (const host of hosts) {
      assert.deepEqual(made.inputs("Record", `site-${host}`), {
        zoneId: "zone",
        name: host,
        type: "A",
        aliases: [
          {
            name: "balancer.test",
            zoneId: "zone of load balancers",
            evaluateTargetHealth: false,
          },
        ],
      });
    }
    assert.deepEqual(made.registeredOutputs("DnsRecords", "site"), []);
  });
});
