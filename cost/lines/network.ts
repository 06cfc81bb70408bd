import { HOURS, type Pricer } from "../context";

export const priceNat: Pricer = ({ length }, { add, usage: { natGb } }) => {
  add("NAT gateways", String(length), ["nat.hour", length * HOURS]);
  add("traffic through NAT gateways", `${natGb} GB`, ["nat.gb", natGb]);
};

export const priceAddresses: Pricer = ({ length }, { add }) =>
  add("public IPv4 addresses of NAT gateways", String(length), ["address.hour", length * HOURS]);

/** Those of the kind Gateway are free, which S3 has. Source: AWS PrivateLink guide, "Gateway endpoints". */
export const priceEndpoints: Pricer = (endpoints, { notPriced }) => {
  for (const { name, inputs } of endpoints) {
    const kind = inputs.vpcEndpointType ?? "Gateway";
    if (kind !== "Gateway")
      notPriced(`VPC endpoint ${name}`, `its type is ${String(kind)}, and only Gateway is free`);
  }
};
