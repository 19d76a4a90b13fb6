// What the module beside an application imports: `@causeway/relay/primary`. No browser loads it.
export {
  definePrimary,
  missingHandlers,
  type Primary,
  type PrimaryCall,
  type PrimaryHandler,
  type PrimaryHandlers,
  type PrimaryOptions,
  primaryOf,
} from '@causeway/primary';
