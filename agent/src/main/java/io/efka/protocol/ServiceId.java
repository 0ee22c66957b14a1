package io.efka.protocol;

/** Names a service on this device; it is a topic level and a folder name as well. */
public record ServiceId(String value) implements Comparable<ServiceId> {
    public ServiceId {
        Names.requireLegal("service id", value);
    }

    @Override
    public int compareTo(ServiceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
