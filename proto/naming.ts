/** How the contract's names become TypeScript's. */
import protobuf from 'protobufjs';

/** Whether the message is a union: nothing but one `oneof body`. */
export function isUnion(type: protobuf.Type): boolean {
  return (
    type.oneofsArray.length === 1 &&
    type.oneofsArray[0]?.name === 'body' &&
    type.oneofsArray[0].fieldsArray.length === type.fieldsArray.length
  );
}

/** OUTCOME_NO_ANSWER of enum Outcome is 'no-answer'. */
export function wordOf(type: protobuf.Enum, value: string): string {
  const prefix = `${type.name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}_`;
  return value.slice(prefix.length).toLowerCase().replaceAll('_', '-');
}

/** The message that a field of a union holds. */
export function memberOf(field: protobuf.Field): protobuf.Type {
  if (!(field.resolvedType instanceof protobuf.Type)) throw new TypeError(`${field.fullName} must be a message.`);
  return field.resolvedType;
}
