"""The resources the gateway itself answers for, one file each."""
