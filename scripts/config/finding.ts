// What the check of a configuration finds.

/** A `problem` fails the check; a `notice` says what is refused today. */
export type Finding = { readonly kind: 'problem' | 'notice'; readonly text: string }

/** Tells a person who waits what is being read. */
export type Progress = (text: string) => void
