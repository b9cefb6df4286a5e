// What every part of the page is given.
import type { Json } from '../../slack/types.ts'
import type { Store, Where } from './store.ts'

export type App = {
  readonly store: Store
  /** Does something as the person that the page is for. Failures are shown, and answered with `undefined`. */
  act(path: string, body: Json): Promise<Json | undefined>
  /** The same URL with the run's token, for images. */
  fileUrl(id: string): string
  go(where: Where): void
  switchTo(user: string): void
  /** Says something to those who do not see it appear. */
  announce(text: string): void
  update(): void
}

/** A part of the page that is made once and brought up to date after every change. */
export type Part = { readonly element: HTMLElement; update(): void }
