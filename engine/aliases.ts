import { urnOf, type Alias, type Request } from "./monitor";

/**
 * The URNs under which the engine looks for a resource in the state, beside its own. Children inherit the aliases of their
 * parent: where a child's name begins with the parent's, that part of it is taken to be the parent's. Source: pulumi,
 * pkg/resource/deploy/step_generator.go, `generateAliases`.
 * @param parents aliases of the parent
 */
export function aliasesOf(request: Request, parents: readonly string[] = []): string[] {
  const [parent, type, name] = [request.getParent(), request.getType(), request.getName()];
  const parentName = parent.split("::")[3] ?? "";
  const own = (request.getAliasesList?.() ?? []).map((alias) => specOf(alias, parent, type, name));
  const kinds = [{ type, name }, ...own];
  const inherited = parents.flatMap((alias) =>
    kinds.map((kind) => {
      const rest = kind.name.startsWith(parentName)
        ? kind.name.slice(parentName.length)
        : undefined;
      const child = rest === undefined ? kind.name : `${alias.split("::")[3]}${rest}`;
      return urnOf(alias, kind.type, child);
    }),
  );
  return [...new Set([...own.map(({ urn }) => urn), ...inherited])];
}

function specOf(alias: Alias, parent: string, type: string, name: string) {
  const spec = alias.getSpec();
  const urn = alias.getUrn();
  if (spec === undefined || urn !== "") {
    const [, , types = "", its = ""] = urn.split("::");
    return { urn, type: types.split("$").at(-1) ?? "", name: its };
  }
  const [itsType, its] = [spec.getType() || type, spec.getName() || name];
  const above = spec.getNoparent() ? "" : spec.getParenturn() || parent;
  return { urn: urnOf(above, itsType, its), type: itsType, name: its };
}
