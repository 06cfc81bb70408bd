/* A network policy in words: who may connect, and where pods may connect to. */

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port?: unknown }[];
}
interface Peer {
  readonly ipBlock?: { readonly cidr?: string };
  readonly namespaceSelector?: Selector;
  readonly podSelector?: Selector;
}
interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly values?: readonly string[] }[];
}
interface Policy {
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** One phrase per direction. */
export function policyFacts(inputs: Readonly<Record<string, unknown>>): string[] {
  const { policyTypes = [], ingress = [], egress = [] } = (inputs.spec ?? {}) as Policy;
  return policyTypes.map((type) =>
    type === "Ingress"
      ? direction("in from", ingress, ({ from }) => from)
      : direction("out to", egress, ({ to }) => to),
  );
}

function direction(
  words: string,
  rules: readonly Rule[],
  peersOf: (rule: Rule) => readonly Peer[] | undefined,
): string {
  if (rules.length === 0) return `${words} nowhere`;
  // A rule that is open to all makes every narrower rule irrelevant.
  if (rules.some((rule) => !peersOf(rule) && !rule.ports)) return `${words} anywhere`;
  const ends = rules.map((rule) => {
    const peers = peersOf(rule)?.map(peerWord).join(" and ") ?? "anywhere";
    const ports = [...new Set(rule.ports?.map(({ port }) => String(port)))].join(" ");
    return ports === "" ? peers : `${peers} at ${ports}`;
  });
  return `${words} ${ends.join("; ")}`;
}

function peerWord({ ipBlock, namespaceSelector, podSelector }: Peer): string {
  if (ipBlock) return String(ipBlock.cidr);
  if (namespaceSelector) return `namespace ${selected(namespaceSelector)}`;
  return `pods ${selected(podSelector ?? {})}`;
}

function selected({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const values = [
    ...Object.values(matchLabels),
    ...matchExpressions.flatMap((expression) => expression.values ?? []),
  ];
  return values.join(", ") || "of any name";
}
