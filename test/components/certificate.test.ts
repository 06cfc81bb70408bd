import * as assert from "node:assert/strict";
import { Certificate } from "../../components/certificate";
import { answers } from "../helpers/answers";
import { failureOf, record, type Recording } from "../helpers/recording";

describe("Certificate", () => {
  let made: Recording;
  before(async () => {
    const hosts = ["shop.example.com", "www.example.com"];
    made = await record(() => ({ arn: new Certificate("site", { hosts, zoneId: "zone" }).arn }));
  });

  it("makes exactly these children", () => {
    assert.deepEqual(made.roots, ["next-on-eks:aws:Certificate site"]);
    assert.deepEqual(made.childrenOf("Certificate", "site"), [
      "aws:acm/certificate:Certificate site-certificate",
      "aws:acm/certificateValidation:CertificateValidation site-validation",
      "aws:route53/record:Record site-shop.example.com",
      "aws:route53/record:Record site-www.example.com",
    ]);
  });

  it("asks for one certificate for all hosts", () => {
    assert.deepEqual(made.inputs("Certificate", "site-certificate"), {
      domainName: "shop.example.com",
      subjectAlternativeNames: ["www.example.com"],
      validationMethod: "DNS",
    });
  });

  it("proves each host by the record that ACM asks for, in whatever order it asks", () => {
    for (const host of ["shop.example.com", "www.example.com"]) {
      assert.deepEqual(made.inputs("Record", `site-${host}`), {
        zoneId: "zone",
        name: `_check.${host}`,
        type: "CNAME",
        records: [`proof of ${host}`],
        ttl: 300,
        allowOverwrite: true,
      });
    }
  });

  it("has a wildcard beside its host, and one record for both: ACM proves them by the same", async () => {
    const hosts = ["shop.example.com", "*.shop.example.com"];
    const wild = await record(() => ({
      arn: new Certificate("site", { hosts, zoneId: "zone" }).arn,
    }));
    assert.deepEqual(wild.inputs("Certificate", "site-certificate"), {
      domainName: "shop.example.com",
      subjectAlternativeNames: ["*.shop.example.com"],
      validationMethod: "DNS",
    });
    assert.deepEqual(
      wild.childrenOf("Certificate", "site").filter((child) => child.includes("record:")),
      ["aws:route53/record:Record site-shop.example.com"],
    );
  });

  it("keeps a host's record as it is when another host goes", async () => {
    const fewer = await record(() => {
      new Certificate("site", { hosts: ["www.example.com"], zoneId: "zone" });
      return {};
    });
    const inputs = (recording: Recording) => recording.inputs("Record", "site-www.example.com");
    assert.deepEqual(inputs(fewer), inputs(made));
  });

  it("fails with the host's name where ACM does not ask for its record", async () => {
    const certificateOfAnother: typeof answers.resource = (args) => {
      const answer = answers.resource(args);
      if (args.name !== "site-certificate") return answer;
      return { ...answer, state: { ...answer.state, domainValidationOptions: [] } };
    };
    const running = record(
      () => {
        const hosts = ["shop.example.com"];
        return { arn: new Certificate("site", { hosts, zoneId: "zone" }).arn };
      },
      { answers: { ...answers, resource: certificateOfAnother } },
    );
    assert.match(
      await failureOf(running),
      /no DNS record to prove 'shop\.example\.com', only for none/,
    );
  });

  it("waits for the validation, no longer than a quarter of an hour", () => {
    assert.deepEqual(made.inputs("CertificateValidation", "site-validation"), {
      certificateArn: "arn:Certificate/site-certificate",
      validationRecordFqdns: ["fqdn of site-shop.example.com", "fqdn of site-www.example.com"],
    });
    assert.equal(made.optionsOf("CertificateValidation", "site-validation").createTimeout, "15m");
  });

  it("hands out the certificate", () => {
    assert.deepEqual(made.outputs, { arn: "arn:Certificate/site-certificate" });
    assert.deepEqual(made.registeredOutputs("Certificate", "site"), ["arn"]);
  });
});
