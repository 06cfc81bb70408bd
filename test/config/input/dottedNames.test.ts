import { aws } from "../../helpers/configs";
import { refuses, rm, set, told, type RuleCase } from "../../helpers/refusals";

const MESSAGE = "is a map instead of a text: type a name with dots in brackets and quotes.";
const ISSUER = 'ingress.annotations["cert-manager.io/cluster-issuer"]';
const LOAD_BALANCER = "service.beta.kubernetes.io/aws-load-balancer-";

/** What the CLI makes of names with dots is by its documents ("Structured configuration"); no CLI runs here. */
const cases: RuleCase[] = [
  [
    "an annotation whose name stood without brackets",
    { "ingress.annotations": { "cert-manager": { "io/cluster-issuer": "le" } } },
    told(
      "ingress.annotations.cert-manager",
      MESSAGE,
      `${set(ISSUER, "le")} && ${rm("ingress.annotations.cert-manager")}`,
    ),
  ],
  [
    "annotations that begin alike, one with a value that a shell would take apart",
    {
      "ingress.serviceAnnotations": {
        service: {
          beta: {
            kubernetes: { "io/aws-load-balancer-type": "nlb", "io/aws-load-balancer-name": "a b" },
          },
        },
      },
    },
    told(
      "ingress.serviceAnnotations.service",
      MESSAGE,
      [
        set(`ingress.serviceAnnotations["${LOAD_BALANCER}type"]`, "nlb"),
        set(`ingress.serviceAnnotations["${LOAD_BALANCER}name"]`, "'a b'"),
        rm("ingress.serviceAnnotations.service"),
      ].join(" && "),
    ),
  ],
  [
    "a label of nodes",
    { "app.nodeSelector": { kubernetes: { "io/arch": "arm64" } } },
    told(
      "app.nodeSelector.kubernetes",
      MESSAGE,
      `${set('app.nodeSelector["kubernetes.io/arch"]', "arm64")} && ${rm("app.nodeSelector.kubernetes")}`,
    ),
  ],
  [
    "an annotation that is set rightly too, which keeps its value",
    {
      "ingress.annotations": {
        "cert-manager": { "io/cluster-issuer": "le" },
        "cert-manager.io/cluster-issuer": "own",
      },
    },
    told(
      "ingress.annotations.cert-manager",
      MESSAGE,
      `${rm("ingress.annotations.cert-manager")}\nnext-on-eks:${ISSUER} stays as it is`,
    ),
  ],
  [
    "control: a list below a name",
    { "ingress.annotations": { "cert-manager": { "io/cluster-issuer": [1] } } },
    told(
      "ingress.annotations.cert-manager",
      '{"io/cluster-issuer":[1]} is refused: expected a string.',
      set("ingress.annotations.cert-manager", "VALUE"),
    ),
  ],
  [
    "control: a variable, whose name has no dots",
    { "app.env": { FOO: { BAR: "x" } } },
    told("app.env.FOO", '{"BAR":"x"} is refused: expected a string.', set("app.env.FOO", "VALUE")),
  ],
];

describe("names with dots that stood without brackets", () => {
  refuses(aws, cases);
});
