/** Addresses that may be in settings, and so in events: never a telephone number, which would be a person's. */

/** A name has no digits worth dialing: seven and more in a row are a telephone number. */
const form = /^sip:(?!\+?\d{7})[A-Za-z0-9._~%!$&'()*+,;=-]+@[^\s@<>;?]+$/;

/** Whether it is the address of a phone, or of a target of transfers: `sip:NAME@HOST[:PORT]`. */
export function isPhoneUri(text: string): boolean {
  return form.test(text);
}
