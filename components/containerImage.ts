import * as aws from "@pulumi/aws";
import * as dockerBuild from "@pulumi/docker-build";
import * as pulumi from "@pulumi/pulumi";

export interface ContainerImageArgs {
  /** Folder with the Dockerfile. */
  context: string;
  /** Default: `Dockerfile` in the context. */
  dockerfile?: string;
  /** Additional build contexts, which the Dockerfile copies from by name. */
  contexts: Record<string, string>;
  /** Build arguments. They stay in the image, so no secrets. */
  args: Record<string, string>;
  /** Files below /run/secrets of the steps that mount them. They stay out of the image. */
  secrets: Record<string, pulumi.Input<string>>;
}

/** Builds the application's image on this machine and pushes it to an ECR repository of the stack. */
export class ContainerImage extends pulumi.ComponentResource {
  /** The image by tag and digest; undefined if none is built. */
  readonly ref: pulumi.Output<string> | undefined;

  /**
   * @param args undefined: nothing is built any more, and the repository stays because pods may still use its images
   */
  constructor(
    name: string,
    args: ContainerImageArgs | undefined,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("next-on-eks:aws:ContainerImage", name, {}, opts);
    const parent = { parent: this };

    const repository = new aws.ecr.Repository(
      `${name}-images`,
      {
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        // What is built here can be built again; images that are promoted live elsewhere.
        forceDelete: true,
      },
      parent,
    );
    new aws.ecr.LifecyclePolicy(
      `${name}-images`,
      {
        repository: repository.name,
        policy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: "Keep the last 20 images",
              selection: {
                tagStatus: "any",
                countType: "imageCountMoreThan",
                countNumber: 20,
              },
              action: { type: "expire" },
            },
          ],
        }),
      },
      parent,
    );
    this.ref = args && this.build(name, repository, args);
    this.registerOutputs({ ref: this.ref });
  }
  private build(
    name: string,
    repository: aws.ecr.Repository,
    args: ContainerImageArgs,
  ): pulumi.Output<string> {
    const parent = { parent: this };
    const login = aws.ecr.getAuthorizationTokenOutput(
      { registryId: repository.registryId },
      parent,
    );
    const image = new dockerBuild.Image(
      `${name}-image`,
      {
        context: {
          location: args.context,
          named: Object.fromEntries(
            Object.entries(args.contexts).map(([context, location]) => [context, { location }]),
          ),
        },
        dockerfile: args.dockerfile === undefined ? undefined : { location: args.dockerfile },
        buildArgs: args.args,
        secrets: pulumi.secret(args.secrets),
        // The nodes of Auto Mode's general-purpose pool.
        platforms: ["linux/amd64"],
        tags: [pulumi.interpolate`${repository.repositoryUrl}:latest`],
        registries: [
          {
            address: repository.repositoryUrl,
            username: login.userName,
            password: pulumi.secret(login.password),
          },
        ],
        push: true,
        buildOnPreview: false,
      },
      parent,
    );
    return image.ref;
  }
}
