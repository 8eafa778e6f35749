/* What both step programs call, from a file of theirs or a shared library. */

/* Opens a trained model, reads a text with it, prints what it saw; 0, or 1 after an error. */
int read_text(const char* run, const char* text);
