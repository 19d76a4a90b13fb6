// Who writes the initial content? The same client everywhere, so that its bytes are the same.

/** No replica is this client, and nothing may ever continue what it wrote. */
export const initialClientId = 0;
