/** What a service model of AWS says of one value; members that nothing constrains are `{}`. */
export interface Shape {
  readonly min?: number;
  readonly max?: number;
  /** A regular expression of the whole value. */
  readonly pattern?: string;
  readonly values?: readonly string[];
  /** Of a structure. */
  readonly members?: Readonly<Record<string, Shape>>;
  /** Of a list. */
  readonly item?: Shape;
  /** Of a map. */
  readonly key?: Shape;
  readonly value?: Shape;
}

/** Shapes of inputs, by `service.Operation`. */
export interface Models {
  /** Where they come from: package and version. */
  readonly source: string;
  /** The day on which they were extracted. */
  readonly date: string;
  /** ElastiCache's node types that can be made. */
  readonly nodeTypes: readonly string[];
  readonly operations: Readonly<Record<string, Shape>>;
}
