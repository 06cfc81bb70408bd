import { ZONE } from "../bases";
import { addressUnknown } from "../differences";
import type { Scenario } from "../scenario";

/** Who reaches what: hosts, addresses, policies, roles. */
export const reach: readonly Scenario[] = [
  {
    name: "a second host",
    stack: "prod",
    config: { "ingress.extraHosts": [`www.shop.${ZONE}`] },
    engine: {
      differs: {
        "Record site-shop.shop-of-tests.org": addressUnknown("Ingress"),
      },
    },
    says: `
prod: a new certificate is made and proved, and the load balancer takes it before the old one goes
  2 replaced, 1 perhaps replaced, 2 created, 1 updated, 1 may change
  REPLACED Certificate site-certificate
    a new certificate is made and proved, and the load balancer takes it before the old one goes
    subjectAlternativeNames: [] -> www.shop.shop-of-tests.org
    by next-on-eks:ingress.extraHosts
  REPLACED CertificateValidation site-validation
    validationRecordFqdns: [computed] -> [computed], [computed]
    certificateArn: may change
    by next-on-eks:ingress.extraHosts
  perhaps REPLACED Record site-shop.shop-of-tests.org
    name: may change
    records[0]: may change
    type: may change
    by next-on-eks:ingress.extraHosts
  created Record site-www.shop.shop-of-tests.org
    by next-on-eks:ingress.extraHosts
  created Record site-www.shop.shop-of-tests.org
    by next-on-eks:ingress.extraHosts
  updated Ingress site
    the site answers at www.shop.shop-of-tests.org too
    spec.rules[www.shop.shop-of-tests.org]: (not set) -> {"host":"www.shop.shop-of-tests.org","http":{"paths":[{"backend":{"service":{"name":"[computed]","port":{"number":80}}},… (264 characters)
    spec.tls[0].hosts: shop.shop-of-tests.org -> shop.shop-of-tests.org, www.shop.shop-of-tests.org
    by next-on-eks:ingress.extraHosts
  may change Release ingress
    values.controller.service.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"]: may change
    by next-on-eks:ingress.extraHosts
  89 resources do not change
  1 left out: records that the stack keeps about itself`,
  },
  {
    name: "a zone: HTTPS",
    stack: "dev",
    config: { "ingress.zone": ZONE },
    says: `
dev: the site gets a certificate, and answers by HTTPS
  7 created, 2 updated
  created Certificate site-certificate
    the site gets a certificate, and answers by HTTPS
    by next-on-eks:ingress.zone
  created Record site-dev.shop.shop-of-tests.org, CertificateValidation site-validation
    by next-on-eks:ingress.zone
  created Record site-dev.shop.shop-of-tests.org
    by next-on-eks:ingress.zone
  updated Ingress site
    the site answers by HTTPS
    spec.tls: (not set) -> [{"hosts":["dev.shop.shop-of-tests.org"]}]
    by next-on-eks:ingress.zone
  created Secret ingress-backend-tls
    by next-on-eks:ingress.zone
  updated Release ingress
    values.controller.defaultTLS: (not set) -> {"secret":"nginx-ingress/ingress-backend-tls-…"}
    values.controller.service.annotations["service.beta.kubernetes.io/aws-load-balancer-backend-protocol"]: (not set) -> ssl
    values.controller.service.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"]: (not set) -> [computed]
    values.controller.service.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy"]: (not set) -> ELBSecurityPolicy-TLS13-1-2-2021-06
    values.controller.service.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-ports"]: (not set) -> 443
    values.controller.wildcardTLS: (not set) -> {"secret":"nginx-ingress/ingress-backend-tls-…"}
    by next-on-eks:ingress.zone
  created PrivateKey ingress-backend-key, SelfSignedCert ingress-backend-certificate
    by next-on-eks:ingress.zone
  72 resources do not change
  2 left out: records that the stack keeps about itself`,
  },
  {
    name: "the API server open to the world",
    stack: "dev",
    config: { "cluster.publicAccessCidrs": ["0.0.0.0/0"] },
    says: `
dev: cluster-eks is opened to the whole internet (publicAccessCidrs)
  1 updated
  updated Cluster cluster-eks
    cluster-eks is opened to the whole internet (publicAccessCidrs)
    publicAccessCidrs: 5.6.7.0/24 -> 0.0.0.0/0
    by next-on-eks:cluster.publicAccessCidrs
  new warning: next-on-eks:cluster.publicAccessCidrs: the API server is open to the world. (rule api-server-open)
    pulumi config set --stack dev --path 'next-on-eks:cluster.publicAccessCidrs[0]' YOUR.ADDRESS/32
  73 resources do not change`,
  },
  {
    name: "another address for the API server",
    stack: "prod",
    config: { "cluster.publicAccessCidrs": ["5.6.7.0/24", "8.8.4.0/24"] },
    says: `
prod: other addresses than before reach the cluster's API server
  1 updated
  updated Cluster cluster-eks
    other addresses than before reach the cluster's API server
    publicAccessCidrs: 5.6.7.0/24 -> 5.6.7.0/24, 8.8.4.0/24
    by next-on-eks:cluster.publicAccessCidrs
  93 resources do not change`,
  },
  {
    name: "no network policies",
    stack: "prod",
    config: { "networkPolicy.enabled": false },
    says: `
prod: no network policy is left: pods reach everything, and everything reaches them
  4 deleted
  DELETED NetworkPolicy site-deny-all
    no network policy is left: pods reach everything, and everything reaches them
    by next-on-eks:networkPolicy.enabled
  DELETED NetworkPolicy site-to-redis
    no network policy is left: pods reach everything, and everything reaches them
    by next-on-eks:networkPolicy.enabled
  DELETED NetworkPolicy site-from-controller
    no network policy is left: pods reach everything, and everything reaches them
    by next-on-eks:networkPolicy.enabled
  DELETED NetworkPolicy site-outbound
    no network policy is left: pods reach everything, and everything reaches them
    by next-on-eks:networkPolicy.enabled
  90 resources do not change`,
  },
  {
    name: "pods reach only the VPC",
    stack: "prod",
    config: { "networkPolicy.outbound": ["10.40.0.0/16"] },
    says: `
prod: pods reach others, or are reached by others, than before
  1 updated
  updated NetworkPolicy site-outbound
    pods reach others, or are reached by others, than before
    spec.egress[3].to: (not set) -> [{"ipBlock":{"cidr":"10.40.0.0/16"}}]
    by next-on-eks:networkPolicy.outbound
  93 resources do not change`,
  },
  {
    name: "another role administers the cluster",
    stack: "prod",
    config: { "cluster.adminRoleArns": ["arn:aws:iam::210987654321:role/operators"] },
    says: `
prod: a role loses its access to the cluster (cluster-210987654321-platform)
  2 deleted, 2 created
  DELETED AccessEntry cluster-210987654321-platform
    a role loses its access to the cluster (cluster-210987654321-platform)
    by next-on-eks:cluster.adminRoleArns
  DELETED AccessPolicyAssociation cluster-210987654321-platform
    a role loses its access to the cluster (cluster-210987654321-platform)
    by next-on-eks:cluster.adminRoleArns
  created AccessEntry cluster-210987654321-operators, AccessPolicyAssociation cluster-210987654321-operators
    a role gets access to the cluster (cluster-210987654321-operators)
    by next-on-eks:cluster.adminRoleArns
  92 resources do not change`,
  },
  {
    name: "another rate limit",
    stack: "prod",
    config: { "ingress.rateLimit.requestsPerSecond": 200 },
    says: `
prod: updated Ingress site (metadata.annotations["nginx.org/limit-req-rate"]: 100r/s -> 200r/s)
  1 updated
  updated Ingress site
    metadata.annotations["nginx.org/limit-req-rate"]: 100r/s -> 200r/s
    by next-on-eks:ingress.rateLimit.requestsPerSecond
  93 resources do not change`,
  },
];
