"""What is heard: the device, its clock, the sound of what plays and of what is recorded."""
