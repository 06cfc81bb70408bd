import { changing, server, type Case } from "../helpers";

/** Images and versions. */
export const imageCases: readonly Case[] = [
  {
    rule: "image-digest",
    breaks: "a tag",
    by: (plan) =>
      changing(plan, {
        "Deployment web": ({ inputs }) => void (server(inputs).image = "r.test/shop:v2"),
      }),
    says: [
      "web: container next runs 'r.test/shop:v2', a tag, which may point to another image later.",
    ],
  },
  {
    rule: "image-not-tried",
    breaks: "an image that no other stack has named",
    by: (plan) => plan,
    scene: { tried: () => new Set([`sha256:${"1".repeat(64)}`]) },
    says: [
      "web: container next runs sha256:9f86d081884c…, which no stack outside production has named.",
    ],
  },
  {
    rule: "server-actions-key",
    stack: "dev",
    already: true,
    breaks: "a build without the key",
    by: (plan) => plan,
    says: [
      "app-image: is built without server_actions_key: each build creates its own key, and forms in open pages fail after the next build.",
    ],
  },
  {
    rule: "kubernetes-support-ending",
    breaks: "a version near its end",
    by: (plan) => plan,
    scene: { today: new Date("2027-02-01") },
    says: ["cluster-eks: Kubernetes 1.35 leaves EKS standard support on 2027-03-27."],
  },
  {
    rule: "kubernetes-support-ended",
    breaks: "a version that is out of support",
    by: (plan) => plan,
    scene: { today: new Date("2027-04-01") },
    says: [
      "cluster-eks: Kubernetes 1.35 left EKS standard support on 2027-03-27: AWS upgrades it by itself.",
    ],
  },
  {
    rule: "retired-annotations",
    breaks: "an access list that F5's controller ignores",
    by: (plan) =>
      changing(plan, {
        "Ingress site": ({ inputs }) =>
          void (inputs.metadata.annotations["nginx.ingress.kubernetes.io/whitelist-source-range"] =
            "10.0.0.0/8"),
      }),
    says: [
      "site: nginx.ingress.kubernetes.io/whitelist-source-range is an annotation of a retired controller.",
    ],
  },
];
