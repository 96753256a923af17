"""What codes and names mean: areas, products, periods, currencies and units."""
