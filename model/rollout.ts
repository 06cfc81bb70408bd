/*
 * Images, and how one replaces another.
 */

export type Colour = "blue" | "green";

/** The part of the application's config that says which images its pods run. */
export interface AppImages {
  /** Image of `rolling`; undefined if the stack builds it. */
  readonly image?: string;
  readonly rollout: {
    readonly strategy: "rolling" | "blueGreen";
    /** The colour that serves visitors. */
    readonly live?: Colour;
    /** The image of each colour; one without an image has no pods. */
    readonly images: Readonly<Partial<Record<Colour, string>>>;
    /** The image that `npm run rollback` returns to with `rolling`. */
    readonly previousImage?: string;
  };
}

/** A key of the config, and the image that it names. */
export type NamedImage = readonly [key: string, image: string];

export function otherColour(colour: Colour): Colour {
  return colour === "blue" ? "green" : "blue";
}

/** The image that serves visitors, or undefined if the stack builds it. */
export function liveImage({ image, rollout }: AppImages): string | undefined {
  const { strategy, live, images } = rollout;
  return strategy === "blueGreen" && live !== undefined ? images[live] : image;
}

/** A number of pods from `1` or `"25%"` of `replicas`, rounded as the Deployment controller does. */
export function podsOf(value: number | string, replicas: number, round: "up" | "down"): number {
  if (typeof value === "number") return value;
  const exact = (replicas * Number.parseInt(value, 10)) / 100;
  return round === "up" ? Math.ceil(exact) : Math.floor(exact);
}

/** The keys that name an image of pods. */
export function deployedImages({ image, rollout }: AppImages): NamedImage[] {
  return given([
    ["app.image", image],
    ["app.rollout.images.blue", rollout.images.blue],
    ["app.rollout.images.green", rollout.images.green],
  ]);
}

/** Every key that names an image. */
export function namedImages(app: AppImages): NamedImage[] {
  return [
    ...deployedImages(app),
    ...given([["app.rollout.previousImage", app.rollout.previousImage]]),
  ];
}

function given(keys: readonly (readonly [key: string, image: string | undefined])[]): NamedImage[] {
  return keys.filter((entry): entry is NamedImage => entry[1] !== undefined);
}
