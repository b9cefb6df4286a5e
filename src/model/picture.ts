// A chart as data. Features create it; kit/pictures draws it.

/**
 * A panel of a chart: its name, a caption with the current level, and its series over the picture's time axis. `unit`:
 * after each value of the axis; percent if absent.
 */
export type Panel = Series & { readonly name: string; readonly words: string; readonly unit?: string }

/** Something that happened: a line through all panels, with its number above and its words in a list. */
export type Mark = { readonly at: number; readonly words: string; readonly isBad: boolean }

/** A chart of panels. `source`: the origin of the metrics. `from`, `until`: epoch milliseconds. */
export type PanelsPicture = {
  readonly title: string
  readonly where: string
  readonly source: string
  readonly from: number
  readonly until: number
  readonly panels: readonly Panel[]
  /** Oldest first. */
  readonly marks?: readonly Mark[]
  /** The milliseconds of one sample, if it is not a minute. */
  readonly each?: number
  /** For one sample an hour over days; without it, samples are percent, one a minute. */
  readonly hourly?: Hourly
}

/** `unit`: after each value of the axis. `thin`: what the thin line shows. */
export type Hourly = { readonly unit: string; readonly thin: string }

export type BarsPicture = { readonly title: string; readonly where: string; readonly bars: Bars }

/**
 * A chart of horizontal bars. `series`: the names of the bars of each row. `rows`: each with one value a series, a whole
 * number. `note`: what the values are.
 */
export type RowsPicture = {
  readonly title: string
  readonly where: string
  readonly series: readonly [string, string]
  readonly rows: readonly { readonly label: string; readonly values: readonly [number, number] }[]
  readonly note: string
}

/** One bar. `clock`: its start time in the requester's time zone. */
export type Bar = { readonly clock: string; readonly lines: number; readonly errors: number }

/** The bars of a chart. `each`: the width of one bar in words, such as `every 5 minutes`. */
export type Bars = { readonly rows: readonly Bar[]; readonly each: string }

export type Sample = { readonly at: number; readonly value: number }

/**
 * A series, oldest sample first: percent of the tasks' reservation, or of `hourly`. `most`: the thin line, such as the busiest task; empty if
 * unknown.
 */
export type Series = { readonly average: readonly Sample[]; readonly most: readonly Sample[] }
