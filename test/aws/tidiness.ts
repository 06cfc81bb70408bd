import assert from "node:assert/strict";
import { account } from "./account";
import type { AwsStack, StateResource } from "./awsStack";
import { shortOf, typeOf } from "./engineLog";

/** Each resource belongs to a component; only components and what the engine makes stand at the top. */
export function checkParents(resources: readonly StateResource[]): void {
  const components = new Set(resources.filter(({ custom }) => !custom).map(({ urn }) => urn));
  const orphans = resources.filter(({ urn, parent, custom }) => {
    if (!custom || /^pulumi:(providers|pulumi):|^pulumi:index:Stash/.test(typeOf(urn)))
      return false;
    return parent === undefined || typeOf(parent) === "pulumi:pulumi:Stack" || !inside(parent);
  });
  assert.deepEqual(
    orphans.map(({ urn }) => `${shortOf(urn)} belongs to no component`),
    [],
  );

  /** Some resources are children of resources: an access policy of its entry. */
  function inside(parent: string): boolean {
    if (components.has(parent)) return true;
    const above = resources.find(({ urn }) => urn === parent)?.parent;
    return above !== undefined && inside(above);
  }
}

/** What is there before a stack is made, for `checkNothingLeft`. */
export interface Before {
  readonly resources: readonly string[];
  readonly objects: readonly string[];
}

export async function before(): Promise<Before> {
  return { resources: account.resources(), objects: await account.clusterObjects() };
}

/** After a destroy: the account and the API server are as they were, and the state is empty. */
export async function checkNothingLeft(stack: AwsStack, was: Before): Promise<void> {
  const { resources, pending } = await stack.state();
  assert.deepEqual(
    resources.map(({ urn }) => urn),
    [],
    "the state",
  );
  assert.deepEqual(pending, [], "pending operations");
  const held = account.resources().filter((it) => !was.resources.includes(it));
  assert.deepEqual(held, [], "the account");
  const objects = (await account.clusterObjects()).filter((it) => !was.objects.includes(it));
  assert.deepEqual(objects, [], "the API server");
}
