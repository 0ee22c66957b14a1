package io.efka.protocol;

/** Names a group of devices that take the same commands. */
public record GroupId(String value) {
    /** The group that every device belongs to. */
    public static final GroupId ALL = new GroupId("all");

    public GroupId {
        Names.requireLegal("group id", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
