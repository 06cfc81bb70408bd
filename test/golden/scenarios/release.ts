import { IMAGES } from "../bases";
import { addressUnknown } from "../differences";
import type { Scenario } from "../scenario";

/** Releases: images, variables, secrets. */
export const release: readonly Scenario[] = [
  {
    name: "another image",
    stack: "prod",
    config: { "app.image": IMAGES[1] },
    says: `
prod: pods of web are replaced, new ones ready before old ones stop
  1 updated
  updated Deployment web
    pods of web are replaced, new ones ready before old ones stop
    spec.template.spec.containers[next].image: registry.shop-of-tests.org/shop@sha256:111111111111… -> registry.shop-of-tests.org/shop@sha256:222222222222…
    spec.template.spec.initContainers[publish].image: registry.shop-of-tests.org/shop@sha256:111111111111… -> registry.shop-of-tests.org/shop@sha256:222222222222…
…`,
  },
  {
    name: "an environment variable",
    stack: "prod",
    config: { "app.env": { FEATURE: "on" } },
    says: `
prod: pods of web are replaced, new ones ready before old ones stop
  1 updated
  updated Deployment web
    pods of web are replaced, new ones ready before old ones stop
    spec.template.spec.containers[next].env[FEATURE]: (not set) -> on
…`,
  },
  {
    name: "a secret rotated",
    stack: "prod",
    secrets: { "app.secretEnv.SESSION_SECRET": "v1:second" },
    says: `
prod: app.secretEnv.SESSION_SECRET: another one logs every visitor out
  1 replaced, 1 may change, 1 encrypted value
  REPLACED Secret web-env
    another Secret is made beside web-env; pods that use it are replaced, new ones ready before old ones stop
    stringData: changes, value hidden
    by next-on-eks:app.secretEnv.SESSION_SECRET
  may change Deployment web
    pods of web are replaced if a value changes: new ones are ready before old ones stop
    spec.template.spec.containers[next].env[SESSION_SECRET].valueFrom.secretKeyRef.name: may change
    by next-on-eks:app.secretEnv.SESSION_SECRET
  next-on-eks:app.secretEnv.SESSION_SECRET: its encrypted value is another, and the plan is shown as if the secret were; encrypting the same secret again looks like this too
  92 resources do not change`,
  },
  {
    name: "a secret added",
    stack: "prod",
    secrets: { "app.secretEnv.TOKEN": "v1:token" },
    says: `
prod: another Secret is made beside web-env; pods that use it are replaced, new ones ready before old ones stop
  1 replaced, 1 updated, 1 encrypted value
  REPLACED Secret web-env
    another Secret is made beside web-env; pods that use it are replaced, new ones ready before old ones stop
    stringData: changes, value hidden
    by next-on-eks:app.secretEnv.TOKEN
  updated Deployment web
    pods of web are replaced, new ones ready before old ones stop
    spec.template.spec.containers[next].env[TOKEN]: (not set) -> {"name":"TOKEN","valueFrom":{"secretKeyRef":{"key":"TOKEN","name":"web-env-…"}}}
    spec.template.spec.containers[next].env[SESSION_SECRET].valueFrom.secretKeyRef.name: may change
    spec.template.spec.containers[next].env[TOKEN].valueFrom.secretKeyRef.name: may change
    by next-on-eks:app.secretEnv.TOKEN
  next-on-eks:app.secretEnv.TOKEN: an encrypted value is added
  92 resources do not change`,
  },
  {
    name: "blue/green instead of rolling",
    stack: "prod",
    config: {
      "app.image": undefined,
      "app.rollout": { strategy: "blueGreen", live: "blue", images: { blue: IMAGES[0] } },
    },
    engine: {
      differs: {
        "Record site-shop.shop-of-tests.org": addressUnknown("Ingress"),
      },
    },
    says: `
prod: the pods of web are deleted; those of web-blue take their place
  2 deleted, 1 perhaps replaced, 4 created, 1 updated, 2 may change
  may change Ingress site
    metadata.annotations["nginx.org/websocket-services"]: may change
    spec.rules[0].http.paths[0].backend.service.name: may change
    spec.rules[0].http.paths[1].backend.service.name: may change
    by next-on-eks:app.image and next-on-eks:app.rollout
  DELETED HorizontalPodAutoscaler web
    by next-on-eks:app.image and next-on-eks:app.rollout
  created PodDisruptionBudget web-blue, PodDisruptionBudget web-green, HorizontalPodAutoscaler web-blue
    by next-on-eks:app.image and next-on-eks:app.rollout
  DELETED Deployment web
    the pods of web are deleted; those of web-blue take their place
    by next-on-eks:app.image and next-on-eks:app.rollout
  perhaps REPLACED ConfigMap static-assets
    data["nginx.conf"]: may change
    by next-on-eks:app.image and next-on-eks:app.rollout
  created Deployment web-blue
    by next-on-eks:app.image and next-on-eks:app.rollout
  may change Deployment static-assets
    pods of static-assets are replaced if a value changes: new ones are ready before old ones stop
    spec.template.spec.volumes[config].configMap.name: may change
    by next-on-eks:app.image and next-on-eks:app.rollout
  updated Service web
    spec.selector["next-on-eks/track"]: rolling -> blue
    by next-on-eks:app.image and next-on-eks:app.rollout
  88 resources do not change
  1 left out: records that the stack keeps about itself`,
  },
  {
    name: "an image by digest instead of a build",
    stack: "dev",
    config: { "app.build": undefined, "app.image": IMAGES[0] },
    says: `
dev: pods of web are replaced if a value changes: new ones are ready before old ones stop
  1 deleted, 1 may change, 1 encrypted value
  DELETED Image app-image
    by next-on-eks:app.build and next-on-eks:app.image
  may change Deployment web
    pods of web are replaced if a value changes: new ones are ready before old ones stop
    spec.template.spec.containers[next].image: may change
    spec.template.spec.initContainers[publish].image: may change
    by next-on-eks:app.build and next-on-eks:app.image
  next-on-eks:app.build.secrets.server_actions_key: an encrypted value is removed
  new warning: next-on-eks:app.build: is no longer set; the ECR repository stays with its images, because pods, roll-backs and other stacks may use them. Once nothing does:
    pulumi config set --stack dev --path 'next-on-eks:confirm[0]' app.build
  72 resources do not change
  1 left out: records that the stack keeps about itself`,
  },
];
