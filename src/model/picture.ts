// A chart as data: features fill it, kit/pictures draws it.

/** A panel: its name, a caption with its level, and its series over the picture's time axis. */
export type Panel = Series & { readonly name: string; readonly words: string }

/** `source`: the origin of the metrics. `from`, `until`: epoch milliseconds. */
export type PanelsPicture = {
  readonly title: string
  readonly where: string
  readonly source: string
  readonly from: number
  readonly until: number
  readonly panels: readonly Panel[]
}

export type BarsPicture = { readonly title: string; readonly where: string; readonly bars: Bars }

/** `clock`: start time in the requester's time zone. */
export type Bar = { readonly clock: string; readonly lines: number; readonly errors: number }

/** `each`: the width of one bar in words, `every 5 minutes`. */
export type Bars = { readonly rows: readonly Bar[]; readonly each: string }

export type Sample = { readonly at: number; readonly value: number }

/** Percent of the tasks' reservation, oldest first. `most`: the busiest task, where known. */
export type Series = { readonly average: readonly Sample[]; readonly most: readonly Sample[] }
