/** The parts of u8-mqtt-packet 0.4.1 that the page uses; the package has no types of its own. */
declare module 'u8-mqtt-packet/esm/codec_bind.js' {
  export function mqtt_pkt_ctx(level: number, codecs: unknown, api: object): {
    encode_pkt(type: string, packet: object): Uint8Array<ArrayBuffer>;
    decode_pkt(firstByte: number, body: Uint8Array): unknown;
  };
}
declare module 'u8-mqtt-packet/esm/codec_v5_client.js' {
  export const mqtt_opts_v5: unknown;
}
