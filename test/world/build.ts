// One build for all world and browser tests: they run the files that are deployed.
import { buildAll } from '../../build.ts'

export const setup = async (): Promise<void> => {
  await buildAll()
}
