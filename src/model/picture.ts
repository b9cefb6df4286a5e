// A chart as data, in its own words: features fill it, kit/pictures draws it.

/** A panel: its name, its level in words, and its series over the picture's axis of time. */
export type Panel = Series & { readonly name: string; readonly words: string }

/** `source`: who measured it. `from`, `until`: epoch milliseconds. */
export type PanelsPicture = {
  readonly title: string
  readonly where: string
  readonly source: string
  readonly from: number
  readonly until: number
  readonly panels: readonly Panel[]
}

export type BarsPicture = { readonly title: string; readonly where: string; readonly bars: Bars }

/** `clock`: when it begins, in the asker's time. */
export type Bar = { readonly clock: string; readonly lines: number; readonly errors: number }

/** `each`: `every 5 minutes` */
export type Bars = { readonly rows: readonly Bar[]; readonly each: string }

export type Sample = { readonly at: number; readonly value: number }

/** Percent of what its tasks reserve, oldest first. `most`: of the busiest task, where it is known. */
export type Series = { readonly average: readonly Sample[]; readonly most: readonly Sample[] }
