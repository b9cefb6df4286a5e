// A folder that takes the place of the output of `npm run build`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FUNCTIONS } from '../names.ts'

export const aDist = (folder: string): string => {
  const dist = join(folder, 'dist')
  for (const name of FUNCTIONS) {
    mkdirSync(join(dist, name), { recursive: true })
    writeFileSync(join(dist, name, name === 'slack' ? 'index.cjs' : 'index.mjs'), `// ${name}`)
  }
  return dist
}
