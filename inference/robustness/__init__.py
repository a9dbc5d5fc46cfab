"""What overturns a claim: every coding, every region, era and aggressor left out."""
