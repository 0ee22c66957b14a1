package io.efka.protocol;

/** Names this device within the fleet. {@code group} is reserved: group commands live there. */
public record DeviceId(String value) {
    public DeviceId {
        Names.requireLegal("device id", value);
        if (value.equals("group")) {
            throw new IllegalArgumentException("bad device id \"group\": it is reserved for group commands");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
