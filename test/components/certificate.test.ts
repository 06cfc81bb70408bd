import * as assert from "node:assert/strict";
import { Certificate } from "../../components/certificate";
import { record, type Recording } from "../helpers/recording";

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

  it("proves each host by the record that ACM asks for (mocks do not prove that AWS keeps the hosts' order)", () => {
    assert.deepEqual(made.inputs("Record", "site-www.example.com"), {
      zoneId: "zone",
      name: "_check.www.example.com",
      type: "CNAME",
      records: ["proof of www.example.com"],
      ttl: 300,
      allowOverwrite: true,
    });
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
