/** How many of the points where something can die are aimed at: all of them with CRASH=all, every ninety-sixth in the gate (CRASH=96), a few otherwise. */
const { CRASH } = process.env

export const isQuick = CRASH === undefined

/** One of how many points of a long story. */
export const STRIDE = CRASH === 'all' ? 1 : Number(CRASH ?? 96)
