package io.efka.it.proxy;

/** The control packets of MQTT, in the order of their numbers on the wire, from 1 on. */
public enum PacketType {
    CONNECT,
    CONNACK,
    PUBLISH,
    PUBACK,
    PUBREC,
    PUBREL,
    PUBCOMP,
    SUBSCRIBE,
    SUBACK,
    UNSUBSCRIBE,
    UNSUBACK,
    PINGREQ,
    PINGRESP,
    DISCONNECT,
    AUTH;

    static PacketType of(int firstByte) {
        int number = firstByte >> 4;
        if (number == 0) throw new IllegalArgumentException("packet type 0 is not in use");
        return values()[number - 1];
    }

    int number() {
        return ordinal() + 1;
    }
}
