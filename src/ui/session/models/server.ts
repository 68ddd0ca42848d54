/** The server that models are looked up on, as it is shown: by the name in its address. */

/** `mirror.example:8080` of an address; the text itself where it is none. */
export const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : address);
