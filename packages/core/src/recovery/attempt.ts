// The application's code may throw on what a hostile or outdated client wrote: that is an answer, too.

/** What `work` gave, or what it threw, as text for people. */
export function attempt<T>(work: () => T): { readonly value: T } | { readonly thrown: string } {
  try {
    return { value: work() };
  } catch (error) {
    return { thrown: error instanceof Error ? error.message : String(error) };
  }
}
