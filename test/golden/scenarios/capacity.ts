import { addressUnknown } from "../differences";
import type { Scenario } from "../scenario";

/** Capacity: pods, nodes, memory. */
export const capacity: readonly Scenario[] = [
  {
    name: "more pods",
    stack: "prod",
    config: { "app.replicas.min": 5 },
    says: `
prod: web has 5 to 20 pods, and had 3 to 20
  1 updated
  updated HorizontalPodAutoscaler web
    web has 5 to 20 pods, and had 3 to 20
    spec.minReplicas: 3 -> 5
    by next-on-eks:app.replicas.min
…`,
  },
  {
    name: "another range and target of the autoscaler",
    stack: "dev",
    config: { "app.replicas.max": 12, "app.replicas.targetCpuPercent": 60 },
    says: `
dev: web has 2 to 12 pods, and had 2 to 4
  1 updated
  updated HorizontalPodAutoscaler web
    web has 2 to 12 pods, and had 2 to 4
    spec.maxReplicas: 4 -> 12
    spec.metrics[0].resource.target.averageUtilization: 70 -> 60
    by next-on-eks:app.replicas.max, next-on-eks:app.replicas.targetCpuPercent
  73 resources do not change`,
  },
  {
    name: "more memory for pods",
    stack: "prod",
    config: { "app.resources.memory": "2Gi" },
    says: `
prod: pods of web are replaced, new ones ready before old ones stop
  1 updated
  updated Deployment web
    pods of web are replaced, new ones ready before old ones stop
    spec.template.spec.containers[next].resources.limits.memory: 1Gi -> 2Gi
    spec.template.spec.containers[next].resources.requests.memory: 1Gi -> 2Gi
    spec.template.spec.initContainers[publish].resources.limits.memory: 1Gi -> 2Gi
    spec.template.spec.initContainers[publish].resources.requests.memory: 1Gi -> 2Gi
    by next-on-eks:app.resources.memory
  93 resources do not change`,
  },
  {
    name: "a larger Redis",
    stack: "prod",
    config: { "redis.nodeType": "cache.m7g.xlarge" },
    says: `
prod: Redis changes in place and keeps its entries (pages-group): connections break for seconds
  1 updated
  updated ReplicationGroup pages-group
    Redis changes in place and keeps its entries (pages-group): connections break for seconds
    nodeType: cache.m7g.large -> cache.m7g.xlarge
    by next-on-eks:redis.nodeType
  93 resources do not change`,
  },
  {
    name: "a second node of Redis",
    stack: "dev",
    config: { "redis.nodes": 2 },
    says: `
dev: Redis changes in place and keeps its entries (pages-group): connections break for seconds
  1 updated
  updated ReplicationGroup pages-group
    Redis changes in place and keeps its entries (pages-group): connections break for seconds
    automaticFailoverEnabled: false -> true
    multiAzEnabled: false -> true
    numCacheClusters: 1 -> 2
    by next-on-eks:redis.nodes
  73 resources do not change`,
  },
  {
    name: "one NAT gateway for all zones",
    stack: "prod",
    config: { "network.natGateways": "one" },
    says: `
prod: network.natGateways: 'perZone' becomes 'one': pods in all zones except the first get other outgoing addresses, which must be allowed wherever the stack is let in by address, and their open connections break
  8 deleted, 1 updated, 2 may change
  DELETED Route network-private-1-nat
    by next-on-eks:network.natGateways
  DELETED Route network-private-2-nat
    by next-on-eks:network.natGateways
  DELETED NatGateway network-nat-1
    by next-on-eks:network.natGateways
  DELETED NatGateway network-nat-2
    by next-on-eks:network.natGateways
  DELETED Eip network-nat-1
    by next-on-eks:network.natGateways
  DELETED Eip network-nat-2
    by next-on-eks:network.natGateways
  DELETED RouteTable network-private-1
    by next-on-eks:network.natGateways
  DELETED RouteTable network-private-2
    by next-on-eks:network.natGateways
  updated VpcEndpoint network-s3
    routeTableIds: [computed], [computed], [computed] -> [computed]
    by next-on-eks:network.natGateways
  may change RouteTableAssociation network-private-1, RouteTableAssociation network-private-2
    routeTableId: may change
    by next-on-eks:network.natGateways
  new warning: next-on-eks:network.natGateways: 'perZone' becomes 'one': pods in all zones except the first get other outgoing addresses, which must be allowed wherever the stack is let in by address, and their open connections break.
  new warning: next-on-eks:network.natGateways: one: if its zone is lost, no pod can reach the internet. (rule one-nat-gateway)
    pulumi config set --stack prod --path 'next-on-eks:network.natGateways' perZone
  83 resources do not change
  1 left out: records that the stack keeps about itself`,
  },
  {
    name: "more pods of the controller",
    stack: "prod",
    config: { "ingress.replicas": 5 },
    engine: {
      differs: {
        "Ingress site": addressUnknown("chart"),
        "Record site-shop.shop-of-tests.org": addressUnknown("chart"),
      },
    },
    says: `
prod: updated Release ingress (values.controller.replicaCount: 3 -> 5)
  1 updated
  updated Release ingress
    values.controller.replicaCount: 3 -> 5
    by next-on-eks:ingress.replicas
  93 resources do not change`,
  },
];
