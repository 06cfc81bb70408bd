import * as pulumi from "@pulumi/pulumi";
import { askRegistry, type RegistryAnswer, type RegistryLogin } from "../registry";

/**
 * Reports at once, in a preview too, that the registry does not have an image. Kubernetes also knows within seconds,
 * but Pulumi's provider waits for a Deployment until its timeout and then cannot name the reason: see
 * docs/decisions/missing-image.md. The engine calls it when the Deployment is created or changed.
 */
export function imageHook(login?: RegistryLogin): pulumi.ResourceHook {
  const ask = (image: string) => askRegistry(image, login);
  return new pulumi.ResourceHook("image", tellOfMissing(ask), {
    onDryRun: true,
    ignoreErrors: true,
  });
}

/** The hook's function, for tests: mocks call no hooks. */
export function tellOfMissing(
  ask: (image: string) => Promise<RegistryAnswer>,
): pulumi.ResourceHookFunction {
  return async ({ newInputs, oldInputs }) => {
    const image = imageOf(newInputs);
    if (image === undefined || image === imageOf(oldInputs)) return;
    if ((await ask(image)) !== "has none") return;
    await pulumi.log.warn(
      `the registry has no image '${image}', or hides it from you. If the nodes cannot pull it either, ` +
        `no pod starts, and pulumi up waits the whole timeouts.app before it fails. ` +
        `Remedy: push it, or name one that exists:\n    ` +
        `npm run release -- --stack ${pulumi.getStack()} --image REGISTRY/NAME@sha256:DIGEST`,
    );
  };
}

interface DeploymentInputs {
  spec?: { template?: { spec?: { containers?: { name?: string; image?: unknown }[] } } };
}

function imageOf(inputs: Record<string, unknown> | undefined): string | undefined {
  const containers = (inputs as DeploymentInputs | undefined)?.spec?.template?.spec?.containers;
  const image = containers?.find(({ name }) => name === "next")?.image;
  return typeof image === "string" ? image : undefined;
}
