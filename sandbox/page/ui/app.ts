// The interface that every part of the page gets.
import type { Json } from '../../slack/types.ts'
import type { Store, Where } from './store.ts'

export type App = {
  readonly store: Store
  /** Performs an action as the person of this page. Failures are shown, and return `undefined`. */
  act(path: string, body: Json): Promise<Json | undefined>
  /** The URL of a file, with the run's token. */
  fileUrl(id: string): string
  go(where: Where): void
  switchTo(user: string): void
  /** Announces a text to screen readers. */
  announce(text: string): void
  update(): void
}

/** A part of the page that is created once and updated after every change. */
export type Part = { readonly element: HTMLElement; update(): void }
