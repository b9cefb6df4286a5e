import { storeContract } from '../gateways/store-contract.ts'
import { createMemoryStore } from './memory-store.ts'

storeContract(async now => createMemoryStore(now))
